import CXRFiles
import CXRReport

/// The chapters on patients: where films are lost, who is in each part, and how many films patients have.
extension ExploreReport {
  func addPatients(_ figures: FigureSet, to page: inout ReportPage) {
    if let flow { add(flow, to: &page) }
    if let characteristics { add(characteristics, to: &page) }
    guard let filmsAPatient, !areFilmsPatients else { return }
    page.heading("Films a patient")
    page.paragraph(
      (filmsAPatient.hasSingleFilms ? "Each patient has one film." : "")
        + (filmsAPatient.hasSingleFilms
          ? ""
          : "Films of one patient are alike and not independent: a hundred films of ten patients tell less than those of a "
            + "hundred. So all films of a patient are in one part, and intervals are by patient."))
    figures.add(
      Self.filmsAPatientPicture, to: &page,
      caption: "Patients by their number of films, and how many of all films these are.")
  }

  private func add(_ flow: FilmFlow, to page: inout ReportPage) {
    page.heading("From the label file to the parts")
    let hasLosses = flow.steps.contains { $0.kind == .partLeftOut }
    page.paragraph(
      "What begins with − is taken off; a patient is taken off where none of their films is left."
        + (hasLosses
          ? " The other figures of this page count a part's films before those are taken off that cannot be used."
          : ""))
    page.table(
      header: ["step", "rows", "films", "patients"],
      rows: flow.shownSteps.map { step in
        [step.words] + [step.rows, step.films, step.patients].map { $0.map { "\($0)" } ?? "" }
      })
  }

  /// The name of the picture of films a patient.
  static let filmsAPatientPicture = "films-per-patient"

  /// Patients by their number of films; `nil` where all have one.
  var filmsAPatientFigure: Figure? {
    guard let filmsAPatient, !areFilmsPatients, !filmsAPatient.hasSingleFilms else { return nil }
    let bands = filmsAPatient.bands
    let most = Double(bands.map(\.patients).max() ?? 0)
    return .bars(
      Self.filmsAPatientPicture, description: "Patients by their number of films",
      valueLabel: "patients",
      categories: bands.map { band in
        switch band.name {
        case "1": "1 film"
        case "21-": "21 and more"
        default: "\(band.name.replacing("-", with: "–")) films"
        }
      },
      series: [("patients", bands.map { Double($0.patients) })],
      annotations: bands.map {
        "\($0.patients): \(fixedPoint(percent($0.films, of: images), digits: 1)) % of films"
      }, range: "[0:\(max(1, most) * 1.25)]")
  }
}
