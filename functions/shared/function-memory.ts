/**
 * Lambda gives CPU in proportion to memory. The functions need about 100 MB; what they wait for is TLS handshakes and
 * parsing, which a quarter of a CPU (512 MB) does in tens of milliseconds, and 128 MB in hundreds.
 */
export const memoryMegabytes = 512;
