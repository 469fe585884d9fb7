/**
 * The gateway for devices that {@code docs/examples.md} shows.
 */
@NullMarked
package dev.socketserver.examples.devices;

import org.jspecify.annotations.NullMarked;
