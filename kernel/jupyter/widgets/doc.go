// Package widgets shows the widgets of kernel/widgets in the pages of Jupyter clients, and makes of them the controls
// of a run. It speaks the widget messaging protocol 2.1 over the kernel's
// comms and names the models of @jupyter-widgets/controls, so a client needs its
// widget manager (JupyterLab and Notebook with the Python package ipywidgets
// installed beside them); the kernel needs nothing.
//
// Without a widget manager a client shows what the widgets held.
//
// What a user does is received by the shell or subshell that the client chose;
// JupyterLab takes a subshell, so controls act while a cell is busy.
//
// Source: https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/messages.md
// and jupyterwidgetmodels.latest.md beside it.
package widgets
