/**
 * Servers and sessions as operators see them: actuator endpoints and health.
 */
@NullMarked
package dev.socketserver.actuate;

import org.jspecify.annotations.NullMarked;
