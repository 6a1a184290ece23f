import Logging
import Platform
import Stores

extension Revocations {
    /// From the settings of the process; the log says where nothing can be revoked, and where nothing is remembered.
    package convenience init?(_ settings: ResolvedSettings, memory: (any RevocationMemory)?, logger: Logger) {
        guard let signer = ControlSigner(settings, logger: logger) else { return nil }
        if memory == nil {
            logger.notice("there is no Redis to remember revocations in: a node that starts later does not know them")
        }
        self.init(signer: signer, memory: memory, logger: logger)
    }
}
