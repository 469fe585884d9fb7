/**
 * Restricts the page for operators, and the actuator behind it, to the person at this
 * machine.
 */
@NullMarked
package dev.socketserver.demo.dashboard;

import org.jspecify.annotations.NullMarked;
