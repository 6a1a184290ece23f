import Platform

/// Lets everybody in, at once and as nobody in particular.
package struct OpenAdmission: Admission {
    package init() {}

    package func decideAtOnce(_ request: UpgradeRequest) -> Result<Admitted, HTTPReply>? { .success(.anonymous) }

    package func admit(_ request: UpgradeRequest) async -> Result<Admitted, HTTPReply> { .success(.anonymous) }
}
