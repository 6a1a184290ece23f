import NIOCore
import Platform
import Stores

extension Ingestor.Configuration {
    package init(_ settings: ResolvedSettings) {
        self.init()
        wire = settings[Settings.Stores.wireVersion]
        demandLease = TimeAmount(settings[Settings.Ingestor.demandLease])
        program = settings.program
        keys = KeyMarks(settings)
        // Within one process the pages are the node's.
        guard program == .ingestor else { return }
        let port = settings[Settings.Admin.port] ?? Settings.Admin.ingestorsPort
        admin = NodeAddress.text(host: settings[Settings.Admin.host], port: port, name: HostName.current)
    }
}
