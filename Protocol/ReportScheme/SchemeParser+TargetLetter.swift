import ReportModel

/// `target_letter`, before its form is known.
struct LetterDraft {
    let form: Placed<Code>
    let signed: Placed<Code>
    let amendments: Placed<Code>
}

extension SchemeParser {
    /// Reads `target_letter: {form: …, signed: …, amendments: …}` of `scheme.yaml`.
    mutating func readLetter(of header: YAMLObject) {
        guard let node = header.values["target_letter"],
            let object = self.object(node, file: header.file, keys: ["form", "signed", "amendments"])
        else { return }
        let form = self.code("form", of: object)
        let signed = self.code("signed", of: object)
        let amendments = self.code("amendments", of: object)
        guard let form, let signed, let amendments else { return }
        self.letter = LetterDraft(form: form, signed: signed, amendments: amendments)
    }

    /// Finds the form and its two items, which are reported for years.
    mutating func finishLetter(forms: [Form]) -> TargetLetter? {
        guard let letter else { return nil }
        guard let index = forms.firstIndex(where: { $0.code == letter.form.value }) else {
            self.add(.unknownLetterForm(letter.form.value.description), at: letter.form.place)
            return nil
        }
        for (code, type) in [(letter.signed, ValueType.date), (letter.amendments, .text)] {
            let name = code.value.description
            guard let item = forms[index].item(code.value) else {
                if !self.forms[index].flawedItems.contains(code.value) {
                    self.add(.unknownLetterItem(name, form: forms[index].code.description), at: code.place)
                }
                continue
            }
            if item.valueType != type { self.add(.letterItemType(name, type), at: code.place) }
            if !item.periods.contains(.year) { self.add(.letterWithoutYear(name), at: code.place) }
        }
        return TargetLetter(
            form: letter.form.value,
            signed: letter.signed.value,
            amendments: letter.amendments.value
        )
    }
}
