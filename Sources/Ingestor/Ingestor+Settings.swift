import NIOCore
import Platform

extension Ingestor.Configuration {
    package init(_ settings: ResolvedSettings) {
        self.init()
        demandLease = TimeAmount(settings[Settings.Ingestor.demandLease])
    }
}
