/**
 * Auto-configuration of metrics.
 */
@NullMarked
package dev.socketserver.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
