/**
 * Auto-configuration of observations.
 */
@NullMarked
package dev.socketserver.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
