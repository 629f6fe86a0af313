import ReportModel

/// Everything two sides say to each other. One message is one frame.
package enum Message: Hashable, Sendable {
    case hello(Hello)
    case welcome(Welcome)
    case have(Have)
    case batch(Batch)
    case receipt(Receipt)
    case scheme(SchemePart)
    case done
    case goodbye(ProtocolError)
    case want(Want)
    case enrol(Enrol)
    /// The province's word for the device at the other end: X.509 in DER.
    case certificate([UInt8])

    /// Numbers of the message table (Protocol/README.md, "Messages"). Never reused.
    package enum Kind: UInt8, Sendable, CaseIterable {
        case hello = 1
        case welcome = 2
        case have = 3
        case batch = 4
        case receipt = 5
        case scheme = 6
        case done = 7
        case goodbye = 8
        case want = 9
        case enrol = 10
        case certificate = 11
    }

    package var kind: Kind {
        switch self {
        case .hello: .hello
        case .welcome: .welcome
        case .have: .have
        case .batch: .batch
        case .receipt: .receipt
        case .scheme: .scheme
        case .done: .done
        case .goodbye: .goodbye
        case .want: .want
        case .enrol: .enrol
        case .certificate: .certificate
        }
    }

    /// The name in diagnostics and conversations.
    package var name: String { String(describing: self.kind) }

    /// The frame that carries the message.
    package var frame: Frame {
        var writer = ByteWriter()
        var flags: Frame.Flags = .critical
        switch self {
        case .hello(let hello): hello.write(to: &writer)
        case .welcome(let welcome): welcome.write(to: &writer)
        case .have(let have): have.write(to: &writer)
        case .batch(let batch):
            let (payload, deflated) = batch.payload
            if deflated { flags.insert(.deflated) }
            let seals = SealSection.bytes(of: batch.chains)
            if !seals.isEmpty { flags.insert(.sealed) }
            writer.raw(seals.isEmpty ? payload : SealSection.payload(payload, seals))
        case .receipt(let receipt): receipt.write(to: &writer)
        case .scheme(let part): part.write(to: &writer)
        case .done: break
        case .goodbye(let reason): reason.write(to: &writer)
        case .want(let want): want.write(to: &writer)
        case .enrol(let enrol): enrol.write(to: &writer)
        case .certificate(let der): writer.blob(der)
        }
        return Frame(kind: self.kind.rawValue, flags: flags, payload: writer.bytes)
    }

    /// Reads the message of a frame.
    ///
    /// - Returns: `nil` for a kind that is not known and may be skipped.
    /// - Throws: `ProtocolError` for a kind that must be known, and for a payload that is no such message.
    package init?(_ frame: Frame) throws(ProtocolError) {
        guard let kind = Kind(rawValue: frame.kind) else {
            guard !frame.flags.contains(.critical) else { throw .unknownCriticalKind(frame.kind) }
            return nil
        }
        if kind == .batch {
            self = .batch(try Batch(frame))
            return
        }
        // A first word of another version may have another layout; only its first two fields never change.
        if kind == .hello || kind == .enrol, let versions = Hello.versions(of: frame.payload),
            !versions.overlaps(Limits.versions)
        {
            throw .noCommonVersion(client: versions)
        }
        do throws(MalformedBytes) {
            guard frame.flags == .critical else { throw MalformedBytes(offset: 0, expected: "the flag critical alone") }
            guard kind != .hello || frame.payload.count <= Limits.helloByteCountMax else {
                throw MalformedBytes(offset: 0, expected: "at most \(Limits.helloByteCountMax) bytes of hello")
            }
            var reader = ByteReader(frame.payload)
            switch kind {
            case .hello: self = .hello(try Hello(from: &reader))
            case .welcome: self = .welcome(try Welcome(from: &reader))
            case .have: self = .have(try Have(from: &reader))
            case .receipt: self = .receipt(try Receipt(from: &reader))
            case .scheme: self = .scheme(try SchemePart(from: &reader))
            case .done: self = .done
            case .goodbye: self = .goodbye(try ProtocolError(from: &reader))
            case .want: self = .want(try Want(from: &reader))
            case .enrol: self = .enrol(try Enrol(from: &reader))
            case .certificate: self = .certificate(Array(try reader.blob(upTo: Limits.certificateByteCountMax)))
            case .batch: preconditionFailure("read above")
            }
            try reader.requireEnd()
        } catch {
            throw .malformed(String(describing: kind), error)
        }
    }
}
