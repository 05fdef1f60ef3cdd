/// Names of findings, in the order of a classifier's outputs.
public enum LabelSet {
  /// NIH ChestX-ray14's findings, in alphabetical order.
  public static let nih14 = [
    "Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Effusion", "Emphysema", "Fibrosis",
    "Hernia", "Infiltration", "Mass", "Nodule", "Pleural_Thickening", "Pneumonia", "Pneumothorax",
  ]
  /// The ten findings of which the reference adds augmented copies.
  public static let underrepresented10 = [
    "Hernia", "Pneumonia", "Fibrosis", "Emphysema", "Pleural_Thickening", "Cardiomegaly",
    "Consolidation", "Pneumothorax", "Mass", "Nodule",
  ]
  /// What the label file writes where nothing was found.
  public static let noFinding = "No Finding"
  /// A column of CheXpert's that is no disease: it may stand beside `No Finding`.
  static let supportDevices = "Support Devices"
}
