import NIOCore
import Testing

@testable import RedisStores

@Suite("What Redis refuses, and whether that is about the server")
struct RedisErrorTests {
    @Test(arguments: [
        ("READONLY You can't write against a read only replica.", true),
        ("READONLY You can't write against a read only replica. script: 1f2e, on @user_script:6.", true),
        (
            "ERR Error running script (call to f_1f2e): @user_script:6: @user_script: 6: -READONLY You can't write "
                + "against a read only replica.", true
        ),
        ("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", true),
        ("LOADING Redis is loading the dataset in memory", true),
        ("CLUSTERDOWN The cluster is down", true),
        ("NOREPLICAS Not enough good replicas to write.", true),
        ("MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.", true),
        ("OOM command not allowed when used memory > 'maxmemory'.", false),
        ("WRONGTYPE Operation against a key holding the wrong kind of value", false),
        ("NOPERM this user has no permissions to run the 'xadd' command", false),
        ("CROSSSLOT Keys in request don't hash to the same slot", false),
        ("NOSCRIPT No matching script. Please use EVAL.", false),
        ("ERR unknown command 'READONLY '", false),
    ])
    func itIsToldByItsCode(_ message: String, isAboutServer: Bool) {
        #expect(RedisError.isAboutServer(message) == isAboutServer)
    }

    private static func hello(_ role: String?) -> RESPValue {
        let words = ["server", "redis", "proto", "2"] + (role.map { ["role", $0] } ?? [])
        return .array(words.map { .bulk(ByteBuffer(string: $0)) } + [.bulk(ByteBuffer(string: "modules")), .array([])])
    }

    @Test(
        arguments: [
            (hello("master"), .primary), (hello("replica"), .replica), (hello(nil), nil), (hello("new"), nil),
            (.error("ERR unknown command 'HELLO'"), nil), (.array([]), nil), (nil, nil),
        ] as [(RESPValue?, ServerRole?)]
    )
    func theRoleIsToldByHello(_ reply: RESPValue?, _ role: ServerRole?) {
        #expect(ServerRole(reply) == role)
    }
}
