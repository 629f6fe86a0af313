import Crypto
import Foundation
import NIOCore
import ReportIdentity
import ReportModel
import ReportWire
import TestSupport
import Testing

@testable import ReportTransport

@Suite("A session of TLS that another program resumes")
struct ResumptionTests {
    /// Connects twice, the second time with the session of the first one, and says whether it was resumed.
    private static let script = """
        import socket, ssl, sys
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols([sys.argv[1]])
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        session = None
        for port in sys.argv[5:]:
            connection = socket.create_connection(("127.0.0.1", int(port)), 60)
            line = context.wrap_socket(connection, session=session)
            line.sendall(bytes.fromhex(sys.argv[4]))
            while line.recv(4096):
                pass
            session = line.session
            reused = line.session_reused
            line.close()
        print(reused)
        """

    @Test("tells no device: only a handshake in which its key has signed does")
    func resumed() async throws {
        let parties = Parties()
        let directory = try TemporaryDirectory()
        func write(_ text: String, _ name: String) throws -> String {
            let path = directory.path + "/" + name
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return path
        }
        let base64 = Data(try parties.certificate().der).base64EncodedString()
        let certificate = "-----BEGIN CERTIFICATE-----\n\(base64)\n-----END CERTIFICATE-----\n"
        let security = try parties.serverSide()
        let (first, second) = (try await OneLineListener(security), try await OneLineListener(security))
        let ports = [first, second].map { "\($0.address.port ?? 0)" }
        let program = Process()
        program.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        program.arguments =
            [
                "python3", "-c", Self.script, TransportSecurity.protocolName, try write(certificate, "certificate"),
                try write(parties.device.pemRepresentation, "key"),
                Message.done.frame.encoded.map { String(format: "%02x", $0) }.joined(),
            ] + ports
        let output = Pipe()
        program.standardOutput = output
        try program.run()
        let heard = [try await first.firstWord(), try await second.firstWord()]
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(heard[0].peer == .some(try parties.certificate().id), "\(heard)")
        let isResumed = text.hasPrefix("True")
        #expect(heard[1].peer == .some(isResumed ? nil : try parties.certificate().id), "\(text) \(heard)")
    }
}
