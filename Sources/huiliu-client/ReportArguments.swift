import ArgumentParser
import ReportCommand
import ReportModel
import ReportScheme

/// The three arguments that name one report: unit, form and period.
struct ReportArguments: ParsableArguments {
    @Argument(help: ArgumentHelp(say("单位代码、名称或别名", "Unit: code, name or alias."), valueName: "unit"))
    var unit: String
    @Argument(help: ArgumentHelp(say("报表代码或名称", "Form: code or name."), valueName: "form"))
    var form: String
    @Argument(help: ArgumentHelp(say("报告期，如 2024-H1", "Period, such as 2024-H1."), valueName: "period"))
    var period: String

    /// What the scheme knows by these names.
    ///
    /// - Throws: `SchemeRefusal` for a unit or form that it does not have; a usage failure for what is no period.
    func found(in scheme: Scheme) throws -> (unit: ReportingUnit, form: Form, period: Period) {
        guard let unit = scheme.unit(named: self.unit) else { throw SchemeRefusal.unknownUnit(self.unit) }
        guard let form = scheme.form(named: self.form) else { throw SchemeRefusal.unknownForm(self.form) }
        guard let period = Period(self.period) else {
            throw CommandFailure(Exit.usage, SchemeRefusal.malformedPeriod(self.period))
        }
        return (unit, form, period)
    }
}
