/**
 * What operators see of bridges: their health and their meters.
 */
@NullMarked
package dev.socketserver.bridge.actuate;

import org.jspecify.annotations.NullMarked;
