# All three programs in one image: `ingestor`, `edge-node`, and `tidegate` with its tools.
#
#   docker build -t tidegate .
#   docker run --rm -p 8000:8000 tidegate                      one process, over Bybit
#   docker run --rm tidegate tidegate help

FROM swift:6.2-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libhiredis-dev libnats-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# The dependencies in a layer of their own: a change of the sources does not fetch them again.
COPY Package.swift ./
RUN swift package resolve
COPY Sources Sources
COPY Tests Tests
COPY loadtest/Sources loadtest/Sources
RUN for product in ingestor edge-node tidegate; do \
        swift build -c release --static-swift-stdlib --product "$product" || exit 1; \
    done \
    && mkdir /programs \
    && cp .build/release/ingestor .build/release/edge-node .build/release/tidegate /programs/ \
    && strip /programs/*

FROM debian:12-slim
# What the programs are linked with, besides what the base has; scripts/check-runtime-packages compares.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libhiredis0.14 libnats3.4 libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tidegate
COPY --from=build /programs/ /usr/local/bin/
COPY deploy/healthcheck /usr/local/bin/healthcheck
USER 10001
EXPOSE 8000 9000
# Of an edge node and of standalone; for an ingestor: HEALTH_PORT=9000.
ENV HEALTH_PORT=8000 HEALTH_PATH=/ready
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 CMD ["healthcheck"]
# Bybit and nothing else: by itself standalone would take the simulator where the exchange can't be reached, and serve invented prices.
CMD ["tidegate", "standalone", "--upstream", "bybit"]
