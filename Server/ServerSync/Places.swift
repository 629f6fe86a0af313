import NIOCore
import ReportWire
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many may be served at one time.
final class Places: Sendable {
    private let left: Mutex<Int>

    init(count: Int) {
        self.left = Mutex(count)
    }

    /// - Returns: Whether there was a place; then it must be given back.
    func take() -> Bool {
        self.left.withLock { left in
            guard left > 0 else { return false }
            left -= 1
            return true
        }
    }

    func give() {
        self.left.withLock { $0 += 1 }
    }
}

/// The files that the system lets this process open.
enum OpenFiles {
    /// Asks the system for as many as it gives, and says how many connections that allows.
    static func connectionCountMax() -> Int {
        var limit = rlimit()
        guard getrlimit(Self.resource, &limit) == 0 else { return Limits.connectionCountMax }
        let wanted = rlim_t(Limits.connectionCountMax + Limits.refusalCountMax + Limits.otherFileCountMax)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            setrlimit(Self.resource, &limit)
            getrlimit(Self.resource, &limit)
        }
        let others = Limits.refusalCountMax + Limits.otherFileCountMax
        return min(Limits.connectionCountMax, max(1, Int(clamping: limit.rlim_cur) - others))
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
