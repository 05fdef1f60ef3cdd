import Testing

@testable import CXRParallel

/// As many threads as there are processors that this process may use.
@Suite struct ProcessorCountTests {
  private func quota(_ groups: String, _ files: [String: String]) -> Double? {
    ProcessorCount.quota(groups: groups) { files[$0] }
  }

  @Test func aContainersLimitIsRead() {
    // It sees its own group as the root.
    #expect(quota("0::/\n", ["/sys/fs/cgroup/cpu.max": "250000 100000\n"]) == 2.5)
    #expect(quota("0::/\n", ["/sys/fs/cgroup/cpu.max": "max 100000\n"]) == nil)
    #expect(quota("0::/\n", [:]) == nil && quota("", [:]) == nil && quota("?\n", [:]) == nil)
  }

  @Test func theLeastLimitOfAllGroupsCounts() {
    let files = [
      "/sys/fs/cgroup/a/cpu.max": "400000 100000", "/sys/fs/cgroup/a/b/cpu.max": "150000 50000",
      "/sys/fs/cgroup/a/b/c d/cpu.max": "max 100000",
    ]
    #expect(quota("0::/a/b/c d\n", files) == 3)
    #expect(quota("0::/a\n", files) == 4)
    #expect(quota("0::/b\n", files) == nil)
  }

  @Test func theFirstVersionOfGroupsIsReadToo() {
    let groups = "5:cpuset:/x\n4:cpu,cpuacct:/box\n1:name=systemd:/box\n"
    let base = "/sys/fs/cgroup/cpu,cpuacct"
    #expect(
      quota(
        groups,
        ["\(base)/box/cpu.cfs_quota_us": "200000\n", "\(base)/box/cpu.cfs_period_us": "100000\n"])
        == 2)
    // Mounted as the container's own.
    #expect(
      quota(
        groups,
        [
          "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n",
          "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
        ]) == 0.5)
    #expect(
      quota(
        groups,
        ["\(base)/box/cpu.cfs_quota_us": "-1\n", "\(base)/box/cpu.cfs_period_us": "100000\n"])
        == nil)
  }

  @Test func thereIsAtLeastOne() {
    #expect(ProcessorCount.active >= 1 && ProcessorCount.active <= ProcessorCount.allowed)
  }
}
