"""The published columns and names of public collections' label files, which more than one script here needs."""

NIH = (
    "Atelectasis Cardiomegaly Consolidation Edema Effusion Emphysema Fibrosis Hernia Infiltration Mass Nodule"
    " Pleural_Thickening Pneumonia Pneumothorax"
).split()

PADCHEST_NAME = "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv"

MIMIC_NAME = "mimic-cxr-2.0.0-{}.csv"
MIMIC_LABELS = [
    "Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Enlarged Cardiomediastinum", "Fracture", "Lung Lesion",
    "Lung Opacity", "No Finding", "Pleural Effusion", "Pleural Other", "Pneumonia", "Pneumothorax", "Support Devices",
]  # fmt: skip
MIMIC_METADATA = [
    "dicom_id", "subject_id", "study_id", "PerformedProcedureStepDescription", "ViewPosition", "Rows", "Columns",
    "StudyDate", "StudyTime", "ProcedureCodeSequence_CodeMeaning", "ViewCodeSequence_CodeMeaning",
    "PatientOrientationCodeSequence_CodeMeaning",
]  # fmt: skip
MIMIC_SPLIT = ["dicom_id", "study_id", "subject_id", "split"]

# PhysioNet's columns for VinDr. The last two are no findings: one is a rest, the other says that there is none.
VINDR_LABELS = [
    "Aortic enlargement", "Atelectasis", "Calcification", "Cardiomegaly", "Clavicle fracture", "Consolidation", "Edema",
    "Emphysema", "Enlarged PA", "ILD", "Infiltration", "Lung Opacity", "Lung cavity", "Lung cyst", "Mediastinal shift",
    "Nodule/Mass", "Pleural effusion", "Pleural thickening", "Pneumothorax", "Pulmonary fibrosis", "Rib fracture",
    "Other lesion", "COPD", "Lung tumor", "Pneumonia", "Tuberculosis", "Other diseases", "No finding",
]  # fmt: skip

COVID_LABELS = ["Pneumonia", "Viral", "Bacterial", "Fungal", "COVID-19", "Tuberculosis"]
# The last column has no name in the published file.
COVID_COLUMNS = (
    "patientid offset sex age finding RT_PCR_positive survival intubated intubation_present went_icu in_icu"
    " needed_supplemental_O2 extubated temperature pO2_saturation leukocyte_count neutrophil_count lymphocyte_count"
    " view modality date location folder filename doi url license clinical_notes other_notes"
).split() + [""]

# Findings that are called as NIH calls them.
RENAMED = {
    "Pleural Effusion": "Effusion", "Pleural effusion": "Effusion", "Pleural thickening": "Pleural_Thickening",
    "Pulmonary fibrosis": "Fibrosis",
}  # fmt: skip
