/// The authorities that vouch for a store's certificate could not be read.
package struct StoreCertificateError: Error, Hashable, CustomStringConvertible {
    package let file: String
    package let reason: String

    package init(file: String, reason: String) {
        self.file = file
        self.reason = reason
    }

    package var description: String {
        "can't read certificates from \(file): \(reason); STORE_CA_FILE is a PEM file with one certificate or more"
    }
}
