import ReportModel
import ReportWire

/// What a session asks its driver to do, in this order. A session does no IO itself.
package enum SessionAction: Hashable, Sendable {
    case send(Message)
    /// Commit the batch durably, then tell the session with `committed`. Only that makes it send the receipt.
    case commitThenReceipt(Batch)
    /// Read what a peer with this standing lacks, then tell the session with `loaded`.
    case load(UnitCode, lackedBy: PeerStanding)
    /// Client: the province has receipted these changes, and all before them in their chains.
    case markDelivered(UnitCode, [Reference])
    /// Client: the province holds exactly this much of the scope.
    case noteProvinceHolds(UnitCode, Frontier)
    /// Server: a client holds these changes of the server's own replica.
    case noteOwnHeads(UnitCode, [Reference])
    /// Client: the province's clock, and its replica.
    case noteWelcome(Timestamp, ReplicaID)
    /// Client: the province's scheme, whole.
    case saveScheme([UInt8])
    /// Server: look the client up, then tell the session with `identified` or `refused`.
    case identify(Hello)
    /// Server: enrol the device if the code is right, then tell the session with `enrolled` or `refused`.
    case enrol(Enrol)
    /// Client: the province's new word for this device.
    case saveCertificate([UInt8])
    /// The conversation is over; `nil` when it ended as it should. What was to be sent stands before this.
    case close(ProtocolError?)
}
