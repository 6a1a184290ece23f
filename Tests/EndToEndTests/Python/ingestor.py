#!/usr/bin/env python3
"""Usage: ingestor.py INGESTOR_HTTP SIMULATOR_HTTP      The ingestor's pages count what the exchange sends amiss."""

from gateway import Message, check, http, main, until


async def script(ingestor: str, simulator: str) -> Message:
    async def is_healthy() -> bool:
        status, page = await http(f"{ingestor}/health")
        return (status, page["status"], page["role"], page["upstream"]) == (200, "healthy", "leader", "connected")

    await until(is_healthy, "the ingestor is connected")
    check((await http(f"{ingestor}/ready"))[0], 200)
    check((await http(f"{ingestor}/"))[1]["name"], "ingestor")
    check((await http(f"{ingestor}/nothing"))[0], 404)
    check((await http(f"{ingestor}/stats", "POST"))[0], 405)
    for fault in ("garbage", "oversized?bytes=10000000"):
        check((await http(f"{simulator}/faults/{fault}", "POST"))[0] // 100, 2)

    async def counted() -> bool:
        return (await http(f"{ingestor}/stats"))[1]["frames"]["oversized"] == 1

    await until(counted, "the oversized frame is counted")
    stats = (await http(f"{ingestor}/stats"))[1]
    assert stats["frames"]["malformed"] >= 2 and stats["frames"]["unknown_topic"] >= 1, stats
    publications = stats["publications"]
    check((stats["role"], stats["breaker"], publications["dropped"], publications["retries"]), ("leader", "closed", 0, 0))
    upstream = stats["upstream"]["clients"]["linear"]
    check((upstream["connected"], upstream["reconnect_count"]), (True, 0))
    return stats["frames"]


main(script)
