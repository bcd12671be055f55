/// Of the daemon and its commands together.
package enum Version {
    package static let current = "0.1.0"
}
