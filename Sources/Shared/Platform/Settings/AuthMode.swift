/// Whether clients have to show who they are.
package enum AuthMode: String, SettingChoice {
    /// Nobody is asked: public streams only, and what a client shows is not looked at.
    case none
    /// Who shows nothing is nobody and has the public streams; what is shown must be good.
    case optional
    /// Who shows nothing is refused.
    case required
}
