// `os`: the same everywhere.
(function (H, G, X) {
  'use strict';
  const signals = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15 };
  const errno = { EPERM: 1, ENOENT: 2, EINTR: 4, EIO: 5, EBADF: 9, EAGAIN: 11, ENOMEM: 12, EACCES: 13, EEXIST: 17, EINVAL: 22, EPIPE: 32, EADDRINUSE: 98, ECONNABORTED: 103, ECONNRESET: 104, ETIMEDOUT: 110, ECONNREFUSED: 111 };
  return {
    EOL: '\n', devNull: '/dev/null', constants: { signals, errno, priority: {}, dlopen: {}, UV_UDP_REUSEADDR: 4 },
    arch: () => 'x64', platform: () => 'linux', type: () => 'Linux', release: () => '6.1.0', version: () => '#1 SMP', machine: () => 'x86_64', hostname: () => 'localhost',
    homedir: () => '/', tmpdir: () => '/tmp', endianness: () => 'LE', cpus: () => [{ model: 'cpu', speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }],
    availableParallelism: () => 1, totalmem: () => 1073741824, freemem: () => 536870912, loadavg: () => [0, 0, 0], uptime: () => 0, networkInterfaces: () => ({}),
    userInfo: () => ({ uid: 1000, gid: 1000, username: 'node', homedir: '/', shell: null }), getPriority: () => 0, ...X.refusedMembers('os', ['setPriority']),
  };
})
