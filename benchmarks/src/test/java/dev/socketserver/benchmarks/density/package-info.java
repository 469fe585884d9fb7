/**
 * Tests for what idle sessions are measured with.
 */
@NullMarked
package dev.socketserver.benchmarks.density;

import org.jspecify.annotations.NullMarked;
