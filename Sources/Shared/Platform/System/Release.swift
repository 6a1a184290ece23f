/// Which release of the gateway these programs are.
package enum Release {
    package static let version = "0.1.0"
}
