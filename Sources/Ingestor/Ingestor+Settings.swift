import NIOCore
import Platform

extension Ingestor.Configuration {
    package init(_ settings: ResolvedSettings) {
        self.init()
        wire = settings[Settings.Stores.wireVersion]
        demandLease = TimeAmount(settings[Settings.Ingestor.demandLease])
    }
}
