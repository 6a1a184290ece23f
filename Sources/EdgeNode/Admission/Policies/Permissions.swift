import Core
import Platform
import Synchronization

/// Who may read what on this node: the policies of the document, then what a stream's kind says. Any thread; asked for each
/// argument of a request and for each subscription of a client whose credentials change, never for a message.
///
/// A new version of the document holds for what is asked from then on, and whoever follows `onChange` looks again at what was granted.
package final class Permissions: Sendable {
    private struct State {
        var policies: [AccessPolicy] = []
        var observers: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    package init(_ policies: [AccessPolicy] = []) {
        state = Mutex(State(policies: policies))
    }

    /// Those of the document, as it is.
    package convenience init(_ document: LiveDocument) {
        self.init(document.current[PoliciesSection.self]?.policies ?? [])
        document.onChange { [weak self] new in self?.replace(new[PoliciesSection.self]?.policies ?? []) }
    }

    /// Calls `observer` when the policies have changed, on any thread: it must not block.
    package func onChange(_ observer: @escaping @Sendable () -> Void) {
        state.withLock { $0.observers.append(observer) }
    }

    func replace(_ policies: [AccessPolicy]) {
        let observers = state.withLock { state -> [@Sendable () -> Void] in
            guard state.policies != policies else { return [] }
            state.policies = policies
            return state.observers
        }
        for observer in observers { observer() }
    }

    func grants(_ stream: StreamDescriptor, to principal: Principal) -> Bool {
        Self.grants(access(to: stream.name) ?? stream.access, stream.name, pair: stream.pair, to: principal)
    }

    /// Of a name that no catalog knows: false only where a policy, or what the credential names, keeps streams of such a name from this principal. Then nobody
    /// may learn by the answer which of them there are.
    func mayKnow(of spelling: String, _ principal: Principal) -> Bool {
        guard let name = try? StreamName(canonical: spelling.replacing(":", with: ".")) else { return true }
        return Self.grants(access(to: name) ?? .everybody, name, pair: nil, to: principal)
    }

    private func access(to stream: StreamName) -> Access? {
        let policies = state.withLock(\.policies)
        for policy in policies {
            if let access = policy.access(to: stream) { return access }
        }
        return nil
    }

    private static func grants(_ access: Access, _ stream: StreamName, pair: String?, to principal: Principal) -> Bool {
        switch access {
        case .everybody: break
        case .authenticated: guard principal.user != nil else { return false }
        case .owner(let owner): guard principal.part?.text == owner else { return false }
        case .role(let role): guard principal.roles.contains(role) else { return false }
        }
        // What a credential names itself narrows what is granted.
        if let grants = principal.grants, !grants.cover(stream) { return false }
        if let pairs = principal.pairs, let pair, !pairs.contains(pair) { return false }
        return true
    }
}
