/**
 * Auto-configuration of bridges: makes them of the properties, and refuses what cannot
 * work.
 */
@NullMarked
package dev.socketserver.bridge.autoconfigure;

import org.jspecify.annotations.NullMarked;
