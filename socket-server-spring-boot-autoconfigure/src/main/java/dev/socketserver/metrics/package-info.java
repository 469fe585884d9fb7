/**
 * Servers as Micrometer sees them.
 */
@NullMarked
package dev.socketserver.metrics;

import org.jspecify.annotations.NullMarked;
