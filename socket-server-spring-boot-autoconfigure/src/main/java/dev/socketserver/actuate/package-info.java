/**
 * Actuator endpoints and health of servers, clients and sessions.
 */
@NullMarked
package dev.socketserver.actuate;

import org.jspecify.annotations.NullMarked;
