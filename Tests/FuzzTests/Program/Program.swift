import Dispatch
import FoundationEssentials

/// Which reader this run is for: libFuzzer's own arguments have no place for it.
private let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        preconditionFailure("FUZZ_TARGET is \"\(name)\"; give one of \(FuzzTarget.all)")
    }
    return target
}()

/// libFuzzer, which has the program's `main`, calls it with each input that it makes. What must not be ends the
/// program, with what was promised; libFuzzer then keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func readOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Safe: `count` bytes that are there for the length of the call, copied here.
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    let target = target
    let isOver = DispatchSemaphore(value: 0)
    Task {
        do {
            _ = try await target.run(input)
        } catch {
            preconditionFailure("\(target): it is promised that \(error)")
        }
        isOver.signal()
    }
    // On libFuzzer's own thread, which no task needs.
    isOver.wait()
    return 0
}
