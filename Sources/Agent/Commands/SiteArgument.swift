import Addresses
import ArgumentParser

extension SiteOrigin: ExpressibleByArgument {
    /// As browsers write it, or only the name of an https site.
    package init?(argument: String) {
        if let origin = SiteOrigin(argument) ?? SiteOrigin("https://\(argument)") {
            self = origin
        } else {
            return nil
        }
    }
}
