/// Makes negative figures plain to the argument parser, which takes whatever begins with a hyphen for an option.
///
/// None of our options begins with a digit, so that `-10` is always a figure.
enum NegativeFigures {
    /// The only option that takes a figure.
    private static let option = "--value"

    /// - Parameter arguments: without the program's name.
    /// - Returns: The same with each figure where the parser finds it: joined to its option (`--value=-10`), else behind
    ///   `--`, where there are no options. In our commands the figure is the last thing that is not an option.
    static func placed(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var placed: [String] = []
        var figures: [String] = []
        for argument in arguments[..<end] {
            if !self.isNegativeFigure(argument) {
                placed.append(argument)
            } else if placed.last == self.option {
                placed[placed.count - 1] = self.option + "=" + argument
            } else {
                figures.append(argument)
            }
        }
        let rest = arguments[end...].dropFirst()
        return end == arguments.endIndex && figures.isEmpty ? placed : placed + ["--"] + figures + rest
    }

    private static func isNegativeFigure(_ argument: String) -> Bool {
        guard argument.first == "-", let next = argument.dropFirst().first else { return false }
        return next.isWholeNumber && (next.isASCII || ("０"..."９").contains(next))
    }
}
