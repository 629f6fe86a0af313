import NIOCore
import ReportModel

/// A `HOST:PORT` as people type it. IPv6 addresses stand in brackets: `[::1]:7428`.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// - Returns: `nil` unless `text` is a host, a colon and a port of 0…65535.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard let port = Int(digits), (0...65_535).contains(port), digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") })
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }

    package var description: String {
        self.host.contains(":") ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }

    /// Whether only programs on this machine can reach the address.
    package var isLoopback: Bool {
        if self.host == "localhost" { return true }
        guard let address = try? SocketAddress(ipAddress: self.host, port: self.port) else { return false }
        return switch address {
        case .v4: self.host.hasPrefix("127.")
        case .v6: self.host == "::1"
        case .unixDomainSocket: false
        }
    }
}
