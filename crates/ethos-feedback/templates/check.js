(function () {
  var form = document.getElementById('filter');
  if (!form) return;
  form.hidden = false;
  function all(where, what) { return Array.prototype.slice.call(where.querySelectorAll(what)); }
  var causes = all(document, '.cause');
  var files = all(document, '.file');
  var parts = all(document, 'details');
  var foldable = all(document, '.cause details');
  var output = form.querySelector('output');
  var none = document.getElementById('none');
  function value(name) { return form.elements[name] ? form.elements[name].value : ''; }
  function apply() {
    var boxes = all(form, '[name=severity]');
    var on = boxes.filter(function (box) { return box.checked; }).map(function (box) { return box.value; });
    var file = value('file'), rule = value('rule'), text = value('text').trim().toLowerCase();
    var narrowed = on.length < boxes.length || rule || text;
    var shown = 0, seen = 0;
    files.forEach(function (part) {
      var fitting = 0;
      var wanted = !file || part.id === file;
      all(part, '.cause').forEach(function (cause) {
        var fits = on.indexOf(cause.dataset.severity) >= 0
          && (!rule || cause.dataset.title === rule)
          && (!text || cause.textContent.toLowerCase().indexOf(text) >= 0);
        cause.hidden = !fits;
        if (fits) fitting += 1;
      });
      // A file without a cause that fits stays out of the way, unless nothing but files is chosen.
      part.hidden = !wanted || (narrowed && fitting === 0);
      if (!part.hidden) { shown += fitting; seen += 1; }
    });
    none.hidden = seen > 0;
    output.textContent = shown + ' ' + output.dataset.of + ' ' + causes.length + ' ' + output.dataset.causes;
  }
  form.addEventListener('input', apply);
  form.addEventListener('submit', function (event) { event.preventDefault(); });
  form.addEventListener('click', function (event) {
    var what = event.target.dataset && event.target.dataset.do;
    if (what === 'clear') { form.reset(); apply(); }
    if (what === 'open' || what === 'close') foldable.forEach(function (part) { part.open = what === 'open'; });
  });
  var before = [];
  window.addEventListener('beforeprint', function () {
    before = parts.map(function (part) { return part.open; });
    parts.forEach(function (part) { part.open = true; });
  });
  window.addEventListener('afterprint', function () {
    parts.forEach(function (part, at) { part.open = !!before[at]; });
  });
  apply();
}());
