import Logging
import Platform

extension ControlSigner {
    /// From the settings of the process; the log says whether it takes anything that is signed.
    package init?(_ settings: ResolvedSettings, logger: Logger) {
        guard let signer = ControlSigner(settings[Settings.Control.key]) else {
            logger.info(
                "CONTROL_KEY is not set: `tidegate publish`, `tidegate revoke` and `tidegate rebalance` are off"
            )
            return nil
        }
        logger.info("signed messages are taken", metadata: ["control_keys": "\(signer.words)"])
        self = signer
    }
}
