/**
 * Auto-configuration of bridges: makes them of the properties, and refuses what cannot
 * work. Depends on all other packages of the module.
 */
@NullMarked
package dev.socketserver.bridge.autoconfigure;

import org.jspecify.annotations.NullMarked;
