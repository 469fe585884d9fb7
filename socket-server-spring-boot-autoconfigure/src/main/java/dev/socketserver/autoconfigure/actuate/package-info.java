/**
 * Auto-configuration of the actuator endpoints.
 */
@NullMarked
package dev.socketserver.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
