/**
 * What a checksum costs a frame, beside the same function in a loop.
 */
@NullMarked
package dev.socketserver.benchmarks.checksum;

import org.jspecify.annotations.NullMarked;
