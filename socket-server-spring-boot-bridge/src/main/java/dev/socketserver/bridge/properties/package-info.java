/**
 * The keys of bridges: those of each server, and those of all. Depends on no other
 * package of the module.
 */
@NullMarked
package dev.socketserver.bridge.properties;

import org.jspecify.annotations.NullMarked;
