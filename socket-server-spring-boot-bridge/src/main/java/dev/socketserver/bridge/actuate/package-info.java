/**
 * What operators see of bridges: their health and their meters. Depends on
 * {@code session}.
 */
@NullMarked
package dev.socketserver.bridge.actuate;

import org.jspecify.annotations.NullMarked;
