import CXRFiles
import CXRMetrics
import CXRReport

/// How much better a model ranks one group's films than another's, on findings that both can be judged on.
public struct GroupDifference: Sendable {
  /// `view`, `sex` or `age`.
  public let kind: String
  /// The group's areas less those of the largest group of the kind; by the same draws of patients.
  public let areas: ModelDifference
  /// The group's mean area over these findings.
  public let mean: Estimate
  /// The largest group's over the same.
  public let meanOfLargest: Estimate

  /// Each group of a kind beside the largest, of groups that share a telling finding with it.
  ///
  /// - Parameters:
  ///   - groups: in any order, those of a kind together.
  ///   - draws: of each group, a label.
  static func all(
    _ groups: [SubgroupFigures], draws: [[PatientBootstrap.Answer]]
  ) -> [GroupDifference] {
    let kinds = groups.map(\.kind).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    return kinds.flatMap { kind -> [GroupDifference] in
      let own = groups.indices.filter { groups[$0].kind == kind }
      guard let largest = own.max(by: { groups[$0].films < groups[$1].films }) else { return [] }
      return own.filter { $0 != largest }.compactMap { group in
        let common = groups[group].labels.indices.filter {
          groups[group].labels[$0].isTelling && groups[largest].labels[$0].isTelling
        }
        guard !common.isEmpty else { return nil }
        func side(_ group: Int) -> ModelDifference.Side {
          ModelDifference.Side(name: groups[group].name, draws: common.map { draws[group][$0] })
        }
        let (one, other) = (side(group), side(largest))
        return GroupDifference(
          kind: kind,
          areas: ModelDifference(one, other, labels: common.map { groups[group].labels[$0].name }),
          mean: PatientBootstrap.meanAUC(of: one.draws),
          meanOfLargest: PatientBootstrap.meanAUC(of: other.draws))
      }
    }
  }

  var json: JSONValue {
    .object(
      [("kind", .string(kind))] + areas.areasJSON(of: "group")
        + mean.json("mean_auc_of_group") + meanOfLargest.json("mean_auc_of_other"))
  }
}

extension EvaluationFigures {
  /// Groups beside the largest of their kind, as `subgroup_differences.csv`.
  var groupDifferenceTable: FigureTable {
    FigureTable(
      "subgroup_differences.csv",
      header: ["model", "kind", "group", "other", "label"] + FigureTable.triple("auc_difference")
        + ["p", "p_holm"],
      rows: models.flatMap { model in
        model.groupDifferences.flatMap { difference in
          (difference.areas.labels + [difference.areas.mean]).map { row in
            [
              .text(model.name), .text(difference.kind), .text(difference.areas.name),
              .text(difference.areas.other), .text(row.label.isEmpty ? "mean" : row.label),
            ] + FigureTable.Cell.estimate(row.auc) + [.number(row.pValue), .number(row.corrected)]
          }
        }
      })
  }
}
