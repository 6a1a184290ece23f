/// All checks, in the order of a report: first what is wrong here, then what is wrong around.
package enum Checks {
    package static let all: [any Check] = [
        DocumentCheck(), SecretsCheck(), AdmissionCheck(), CertificateCheck(), AuthorityFilesCheck(),
        DescriptorsCheck(), BacklogCheck(),
        StoresCheck(), BrokerCheck(), RedisCheck(), NATSCheck(), IngestorCheck(), UpstreamCheck(), TokenKeysCheck(),
        AuthServiceCheck(), RedisClockCheck(), WebClockCheck(), NodesCheck(), SharedKeysCheck(), ReleasesCheck(),
        NodePagesCheck(),
    ]
}
