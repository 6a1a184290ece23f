import Core
import Platform

extension Retention {
    package init(_ settings: ResolvedSettings, catalog: any StreamCatalog) {
        self.init(
            latest: settings[Settings.History.latest],
            delta: settings[Settings.History.delta],
            event: settings[Settings.History.event],
            idleExpiry: settings[Settings.History.idleExpiry],
            headExpiry: settings[Settings.History.headExpiry],
            catalog: catalog
        )
    }
}
