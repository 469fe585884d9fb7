/**
 * The settings of servers and clients: what is in force, where it is from, and what a
 * change of the environment does while they run. Uses the core only.
 */
@NullMarked
package dev.socketserver.settings;

import org.jspecify.annotations.NullMarked;
