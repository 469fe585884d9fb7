/**
 * Ports that properties name by other means than a number: services of the machine, and
 * servers of the application. Uses {@code event}.
 */
@NullMarked
package dev.socketserver.autoconfigure.port;

import org.jspecify.annotations.NullMarked;
