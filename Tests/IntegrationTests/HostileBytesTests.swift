import Foundation
import ReportModel
import ReportWire
import Testing
import TestSupport

@Suite("Bytes that no client of ours sends")
struct HostileBytesTests {
    /// What a peer sends, and the code of the goodbye that must answer it.
    struct Attack: CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let code: ProtocolError.Code

        init(_ name: String, _ bytes: [UInt8], _ code: ProtocolError.Code) {
            (self.name, self.bytes, self.code) = (name, bytes, code)
        }

        var testDescription: String { self.name }
    }

    private static let hello = Message.hello().frame.encoded

    static let attacks: [Attack] =
        [
            Attack("a frame announcing 4 GiB", [0xFF, 0xFF, 0xFF, 0xFF, 4, 1], .notThisProtocol),
            Attack("a browser", Array("GET / HTTP/1.1\r\n\r\n".utf8), .notThisProtocol),
            Attack("a frame announcing one byte too many", hello + [0, 1, 0, 1, 4, 1], .frameTooLarge),
            Attack("a frame too short to be one", hello + [0, 0, 0, 5, 1, 1, 0, 0, 0], .frameTooShort),
            Attack("a frame cut short, then the next one", hello.dropLast(9) + hello, .checksumMismatch),
            Attack("a frame cut short, then nothing", hello.dropLast(9), .connectionLost),
            Attack("nothing at all", [], .connectionLost),
            Attack("a damaged checksum", hello.dropLast() + [hello.last! ^ 1], .checksumMismatch),
            Attack("a damaged payload", changed(hello, at: 12), .checksumMismatch),
            Attack("a protocol version of the future", Message.hello(versions: 7...9).frame.encoded, .clientTooNew),
            Attack("a unit that the scheme does not have", Message.hello(unit: "999999").frame.encoded, .unknownUnit),
            Attack("a batch before hello", Message.batch().frame.encoded, .unexpectedMessage),
            Attack("a done before hello", Message.done.frame.encoded, .unexpectedMessage),
            Attack("hello twice", hello + hello, .unexpectedMessage),
            Attack("a hello longer than allowed", frame(1, .critical, bytes(20_000)), .malformedMessage),
            Attack("a hello of rubbish", frame(1, .critical, bytes(40)), .malformedMessage),
            Attack("garbage after hello", hello + [0xC0, 0xFF, 0xEE, 0x11] + bytes(60), .frameTooLarge),
            Attack("a batch of rubbish", hello + frame(4, .critical, bytes(500)), .malformedMessage),
            Attack("a have of rubbish", hello + frame(3, .critical, bytes(50)), .malformedMessage),
            Attack("an unknown kind that must be understood", hello + frame(99, .critical, []), .unknownCriticalKind),
            Attack("a welcome from a client", hello + frame(2, .critical, bytes(40)), .malformedMessage),
            Attack("a receipt for nothing", hello + frame(5, .critical, receipt), .unexpectedMessage),
            Attack(
                "a batch that inflates beyond its stated size",
                hello + bomb(stating: 100),
                .inflatesBeyondStatedSize
            ),
            Attack(
                "a batch that inflates to less than stated",
                hello + bomb(stating: 120_001),
                .inflatesBeyondStatedSize
            ),
            Attack("a batch that states 1 TiB", hello + bomb(stating: 1 << 40), .malformedMessage),
            Attack(
                "a batch deflated into nonsense",
                hello + frame(4, [.critical, .deflated], [90] + bytes(90)),
                .inflatesBeyondStatedSize
            ),
            Attack(
                "a change without its predecessor, over and over",
                hello
                    // What was on its way when a gap was answered counts with it.
                    + (0...UInt32(Limits.gapAnswersMax * (Limits.batchesInFlightMax + 1))).flatMap {
                        Message.batch(sequence: 9, predecessorTag: $0).frame.encoded
                    },
                .tooManyGaps
            ),
        ]
        + (1...8).map { seed in
            Attack("random bytes, seed \(seed)", [0x7F] + bytes(300, seed: seed), .notThisProtocol)
        }

    @Test("end only their own connection, with a numbered reason")
    func attacked() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let office = try await scene.office("办公室", server: server)
        // A long sync goes on meanwhile, again and again.
        let busy = try await scene.office("忙碌的办公室", server: server)
        async let others: Void = Self.syncOften(busy, scene)
        for (number, attack) in Self.attacks.enumerated() {
            let peer = try RawPeer(port: server.port)
            peer.send(attack.bytes)
            // These wait for more bytes, which never come.
            if attack.code == .connectionLost { peer.endSending() }
            let answers = try await peer.messages()
            guard case .goodbye(let reason)? = answers.last else {
                Issue.record("\(attack.name): answered with \(answers.map(\.name))")
                continue
            }
            #expect(reason.knownCode == attack.code, "\(attack.name): \(reason.words.english)")
            #expect(!reason.words.english.isEmpty && !reason.words.chinese.isEmpty, "\(attack.name)")
            try await office.expect("set", ConflictTests.cell, "\(number + 1)")
            // It may send back what the other office wrote in this very moment.
            #expect((try await office.sync()["sent"].number ?? 0) >= 1, "after \(attack.name)")
        }
        try await others
        let stored = try await Command.inspect.json(["explain", ConflictTests.cell, "--store", server.store])
        #expect(stored["history"].list.count == Self.attacks.count, "nothing of the attackers is stored")
        #expect(stored["current"][0]["value"]["number"].text == "\(Self.attacks.count)")
        try await busy.sync()
        #expect(try await Command.inspect.json(["diff", busy.store, server.store])["equal"] == true)
        let ended = try await server.terminate()
        #expect(ended.exitCode == 0)
        for attack in Self.attacks {
            #expect(ended.errors.contains("code=\(attack.code.rawValue) "), "the log says \(attack.code)")
        }
    }

    /// Writes and syncs while others attack.
    private static func syncOften(_ office: Office, _ scene: Scene) async throws {
        for round in 1...10 {
            let rows = (1...12).map { "410728-02,infrastructure,2024-\($0 < 10 ? "0" : "")\($0),,roads,\(round).\($0)" }
            let file = try scene.write(
                "unit,form,period,row,item,value\n" + rows.joined(separator: "\n"),
                to: "busy.csv"
            )
            let imported = try await office.json("import", file)
            #expect(imported["refused"] == [])
            #expect((try await office.sync()["sent"].number ?? 0) >= 1)
        }
    }

    @Test("end their connection when they are half a hello, and the rest does not come")
    func halfHello() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let peer = try RawPeer(port: server.port)
        peer.send(Array(Self.hello.prefix(20)))
        guard case .goodbye(let reason)? = try await peer.messages().last else {
            Issue.record("no goodbye")
            return
        }
        #expect(reason.knownCode == .silentTooLong)
    }

    @Test("may be skipped when they need not be understood")
    func unknownKind() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let peer = try RawPeer(port: server.port)
        peer.send(Self.hello + Self.frame(99, [], Self.bytes(10)) + Message.batch().frame.encoded)
        let answers = try await peer.messages { $0.kind == .receipt }
        #expect(answers.map(\.kind).prefix(2) == [.welcome, .have])
        guard case .receipt(let receipt)? = answers.last else { return #expect(Bool(false), "no receipt") }
        #expect(receipt.held.map(\.count) == [1])
    }

    @Test(
        "are answered with the server's own frontier when they build on what it lacks, and are not stored",
        arguments: ["predecessor", "context"]
    )
    func gaps(what: String) async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let office = try await scene.office("办公室", server: server)
        try await office.expect("set", ConflictTests.cell, "13")
        try await office.sync()
        let before = try await Command.inspect.json(["status", "--store", server.store])
        let head = before["scopes"][0]["heads"][0]

        let peer = try RawPeer(port: server.port)
        let unknown = Reference(replica: ReplicaID(rawValue: 99), sequence: 3, tag: 5)
        peer.send(
            .hello(),
            what == "context" ? .batch(context: [unknown]) : .batch(sequence: 2, predecessorTag: 0xABCD)
        )
        let answers = try await peer.messages { $0.kind == .receipt }
        #expect(answers.map(\.kind).suffix(2) == [.have, .receipt])
        guard case .have(let have) = answers[answers.count - 2], case .receipt(let receipt)? = answers.last else {
            return
        }
        #expect(have.batchesSeen == 1 && have.frontier.heads.count == 1)
        #expect(have.frontier.heads.first?.replica.description == head["replica"].text)
        #expect(have.frontier.heads.first.map { Int($0.sequence) } == head["sequence"].number)
        #expect(receipt.held.map(\.count) == [0], "what is not stored is not receipted")
        let after = try await Command.inspect.json(["status", "--store", server.store])
        #expect(after == before)
        // The same connection goes on, with a change that builds on nothing.
        peer.send(.batch())
        let more = try await peer.messages { $0.kind == .receipt }
        guard case .receipt(let second)? = more.last else { return #expect(Bool(false), "no receipt") }
        #expect(second.held.map(\.count) == [1])
    }

    // MARK: - Bytes

    private static func frame(_ kind: UInt8, _ flags: Frame.Flags, _ payload: [UInt8]) -> [UInt8] {
        Frame(kind: kind, flags: flags, payload: payload).encoded
    }

    /// Never a small first byte: so that rubbish is no number that happens to be right.
    private static func bytes(_ count: Int, seed: Int = 1) -> [UInt8] {
        var random = SplitMix64(seed: UInt64(seed))
        return (0..<count).map { _ in UInt8.random(in: 128...255, using: &random) }
    }

    private static func changed(_ bytes: [UInt8], at index: Int) -> [UInt8] {
        var bytes = bytes
        bytes[index] ^= 0x10
        return bytes
    }

    private static var receipt: [UInt8] {
        Message.receipt(Receipt(held: [])).frame.payload
    }

    /// A batch frame of some hundred bytes that inflates to 120,000.
    private static func bomb(stating byteCount: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(byteCount)
        writer.raw(
            Deflate.deflate([UInt8](repeating: 0, count: 120_000), dictionary: PresetDictionary.bytes)!
        )
        return self.frame(4, [.critical, .deflated], writer.bytes)
    }
}
